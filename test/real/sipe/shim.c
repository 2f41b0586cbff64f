/*
 * LD_PRELOAD shim that lets an unmodified finch + pidgin-sipe run against servers on this machine, without root.
 *
 *  1. libxml2 2.9.14 (Debian 12) reports no elements to a SAX1 handler that is marked as SAX2, which is what SIPE hands
 *     over: every XML answer then looks empty. SIPE's handlers have no startElementNs; only those are re-marked as SAX1.
 *  2. Names below POSTERN_SHIM_DOMAIN resolve to 127.0.0.1, "sip." of it to 127.0.0.2; other SIP names do not exist. All
 *     others fail at once, as do SRV look-ups, so that SIPE neither leaves the machine nor waits for a resolver.
 *  3. connect() to 127.0.0.1:80, 127.0.0.1:443 and 127.0.0.2 goes to the unprivileged ports given in POSTERN_SHIM_HTTP,
 *     POSTERN_SHIM_HTTPS and POSTERN_SHIM_SIP. The SIP server has its own address because it is on port 443 as well.
 *  4. The machine is called POSTERN_SHIM_HOST. SIPE's device id is a hash of its user, this name and the machine's address,
 *     so two names are two installations.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <libxml/parser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

int xmlSAXUserParseMemory(xmlSAXHandlerPtr handler, void *data, const char *text, int size) {
  int (*real)(xmlSAXHandlerPtr, void *, const char *, int) = dlsym(RTLD_NEXT, "xmlSAXUserParseMemory");
  xmlSAXHandler sax1;
  if (handler == NULL || handler->initialized != XML_SAX2_MAGIC || handler->startElementNs != NULL)
    return real(handler, data, text, size);
  sax1 = *handler;
  sax1.initialized = 1;
  return real(&sax1, data, text, size);
}

/* The loopback address that stands for a name, or NULL when the name does not exist in the test world. */
static const char *address_of(const char *name) {
  const char *domain = getenv("POSTERN_SHIM_DOMAIN");
  struct in_addr numeric;
  size_t prefix;
  if (inet_pton(AF_INET, name, &numeric) == 1) return name;
  if (domain == NULL || strlen(name) <= strlen(domain) + 1) return NULL;
  prefix = strlen(name) - strlen(domain) - 1;
  if (name[prefix] != '.' || strcasecmp(name + prefix + 1, domain) != 0) return NULL;
  if (strncasecmp(name, "sip", 3) != 0) return "127.0.0.1";
  return prefix == 3 ? "127.0.0.2" : NULL; /* SIPE tries "sipinternal" and "sipexternal" before "sip" */
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
  const char *address;
  if (name == NULL) return real(name, service, hints, result);
  address = address_of(name);
  return address == NULL ? EAI_NONAME : real(address, service, hints, result);
}

/* libpurple asks for SRV records with res_query(); which of the two names it links to depends on the C library. */
int res_query(const char *name, int class, int type, unsigned char *answer, int size) {
  (void)name, (void)class, (void)type, (void)answer, (void)size;
  h_errno = HOST_NOT_FOUND;
  return -1;
}

int __res_query(const char *name, int class, int type, unsigned char *answer, int size) {
  return res_query(name, class, type, answer, size);
}

/* The local port for a destination, or 0 when the connection is to go where it says. */
static int port_for(const struct sockaddr_in *to) {
  const char *port = NULL;
  if (to->sin_addr.s_addr == inet_addr("127.0.0.2")) port = getenv("POSTERN_SHIM_SIP");
  else if (to->sin_addr.s_addr == inet_addr("127.0.0.1") && ntohs(to->sin_port) == 443) port = getenv("POSTERN_SHIM_HTTPS");
  else if (to->sin_addr.s_addr == inet_addr("127.0.0.1") && ntohs(to->sin_port) == 80) port = getenv("POSTERN_SHIM_HTTP");
  return port == NULL ? 0 : atoi(port);
}

int connect(int socket, const struct sockaddr *to, socklen_t length) {
  int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
  struct sockaddr_in local;
  int port;
  if (to == NULL || to->sa_family != AF_INET || length < sizeof local) return real(socket, to, length);
  memcpy(&local, to, sizeof local);
  port = port_for(&local);
  if (port == 0) return real(socket, to, length);
  local.sin_addr.s_addr = inet_addr("127.0.0.1");
  local.sin_port = htons((unsigned short)port);
  return real(socket, (struct sockaddr *)&local, sizeof local);
}

int gethostname(char *name, size_t size) {
  int (*real)(char *, size_t) = dlsym(RTLD_NEXT, "gethostname");
  const char *host = getenv("POSTERN_SHIM_HOST");
  if (host == NULL) return real(name, size);
  snprintf(name, size, "%s", host);
  return 0;
}
