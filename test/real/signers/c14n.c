// Exclusive canonical form by libxml2, to compare with. Reads from standard input, over and over: the prefix list and the
// document, each ended by a zero byte. Writes the canonical form of the element whose id is "apex", ended by a zero byte.

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *field(void) {
  char *text = NULL;
  size_t size = 0;
  ssize_t length = getdelim(&text, &size, 0, stdin);
  return length > 0 ? text : NULL;
}

int main(void) {
  for (;;) {
    char *list = field();
    char *document = list ? field() : NULL;
    if (document == NULL) return 0;
    xmlChar *prefixes[33] = {NULL};
    int count = 0;
    for (char *prefix = strtok(list, " "); prefix && count < 32; prefix = strtok(NULL, " ")) {
      prefixes[count++] = (xmlChar *)prefix;
    }
    xmlDocPtr parsed = xmlReadMemory(document, strlen(document), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    if (parsed == NULL) return 1;
    xmlXPathContextPtr context = xmlXPathNewContext(parsed);
    const char *apex = "(//. | //@* | //namespace::*)[ancestor-or-self::*[@id='apex']]";
    xmlXPathObjectPtr nodes = xmlXPathEvalExpression((const xmlChar *)apex, context);
    xmlChar *result = NULL;
    int length = xmlC14NDocDumpMemory(parsed, nodes->nodesetval, XML_C14N_EXCLUSIVE_1_0, prefixes, 0, &result);
    if (length < 0) return 2;
    fwrite(result, 1, length, stdout);
    putchar(0);
    fflush(stdout);
    xmlFree(result);
    xmlXPathFreeObject(nodes);
    xmlXPathFreeContext(context);
    xmlFreeDoc(parsed);
    free(list);
    free(document);
  }
}
