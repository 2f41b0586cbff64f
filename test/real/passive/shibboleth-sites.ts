// Where Shibboleth stands: alone, or as the pool behind the gateway.

/** Apache's site, and where in it Shibboleth is. Paths begin with a slash. */
export interface Site {
  /** How browsers reach it, without a slash at the end. `port`: the one that Apache listens on. */
  readonly base: (port: number) => string;
  /** Whether TLS ends in front of Apache. */
  readonly isHttps: boolean;
  /** The address that wants a session. */
  readonly page: string;
  /** Below it Shibboleth answers itself. */
  readonly handlers: string;
  /** Below `handlers`: where the token is taken. */
  readonly consumer: string;
  /** By their path below Apache's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** What Apache is told of the pages. `root`: its folder. */
  readonly apache: (root: string) => string;
}

/** Apache by itself, on plain HTTP. `host` must lead to 127.0.0.1. */
export const alone = (host: string): Site => ({
  base: (port) => `http://${host}:${port}`,
  isHttps: false,
  page: "/protected/",
  handlers: "/Shibboleth.sso",
  consumer: "/ADFS",
  files: { "protected/index.html": "<!DOCTYPE html><title>You are signed in</title>" },
  apache: () => `<Location /protected>
  AuthType shibboleth
  ShibRequestSetting requireSession 1
  Require shib-session
</Location>`,
});

const PAGE = "/PassiveAuth/PassiveAuth.aspx";

/**
 * Apache as the pool at `https://<webHost>`. As at a Front-End, one address is the page and takes the token: a POST there
 * is Shibboleth's, and a GET is answered with a page for who is signed in. It says who that is by what Apache knows.
 */
export const asPool = (webHost: string): Site => ({
  base: () => `https://${webHost}`,
  isHttps: true,
  page: PAGE,
  handlers: "/PassiveAuth",
  consumer: "/PassiveAuth.aspx",
  files: {
    "PassiveAuth/PassiveAuth.aspx": "Never shown.",
    "signed-in/index.shtml":
      '<!DOCTYPE html><title>You are signed in</title><p id="user"><!--#echo var="REMOTE_USER" --></p>',
  },
  apache: (root) => `<Directory ${root}/PassiveAuth>
  Options FollowSymLinks
  RewriteEngine On
  RewriteCond %{REQUEST_METHOD} !=POST
  RewriteRule ^ /signed-in/index.shtml [L]
</Directory>
<Directory ${root}/signed-in>
  Options Includes
  AddType text/html .shtml
  AddOutputFilter INCLUDES .shtml
</Directory>
<Location /signed-in>
  AuthType shibboleth
  ShibRequestSetting requireSession 1
  ShibRequestSetting target https://${webHost}${PAGE}
  Require shib-session
</Location>`,
});
