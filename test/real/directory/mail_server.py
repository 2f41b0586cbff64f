"""An SMTP relay as an organisation has one: aiosmtpd of Debian. It takes mail only after STARTTLS and a password, and
keeps each message as a file in a folder, as a Maildir does: complete when it has its name.

Usage: mail_server.py HOST PORT CERTIFICATE KEY FOLDER USER PASSWORD
Files in FOLDER tell it what to do: `refuse` is a line with which it answers each recipient, such as
"451 4.3.0 later"; `hang-up` lets it take the next message, and close the connection instead of saying so.
"""

import asyncio
import os
import ssl
import sys
import uuid

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HOST, PORT, CERTIFICATE, KEY, FOLDER, USER, PASSWORD = sys.argv[1:8]


def read_order(name):
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8") as order:
            return order.read().strip()
    except FileNotFoundError:
        return None


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = read_order("refuse")
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = f"{uuid.uuid4()}.eml"
        written = os.path.join(FOLDER, f".{name}")
        with open(written, "wb") as message:
            message.write(f"X-From: {envelope.mail_from}\r\nX-To: {', '.join(envelope.rcpt_tos)}\r\n".encode())
            message.write(envelope.original_content)
        os.rename(written, os.path.join(FOLDER, name))
        if read_order("hang-up") is not None:
            os.unlink(os.path.join(FOLDER, "hang-up"))
            server.transport.abort()
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=known)


async def main():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE, KEY)

    def connection():
        return SMTP(
            Handler(),
            hostname="mail.contoso.test",
            tls_context=tls,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=True,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(connection, HOST, int(PORT), reuse_address=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
