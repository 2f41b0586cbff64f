// The cure for adfs.so of Debian's Shibboleth 3.4.1. It offers the decoder of an earlier libsaml; version 3.2 calls the
// method with four parameters, which adfs.so lacks, and every sign-in ends with "Unimplemented decode method". This
// library is loaded before libsaml (LD_PRELOAD) and has that method. It reads the posted form and builds the message. All
// checks of the token are Shibboleth's own, and come after it.

#include <sstream>
#include <string>

#include <xercesc/dom/DOM.hpp>

#include <saml/base.h>
#include <saml/binding/MessageDecoder.h>
#include <saml/binding/SecurityPolicy.h>
#include <saml/exceptions.h>
#include <xmltooling/XMLObject.h>
#include <xmltooling/XMLObjectBuilder.h>
#include <xmltooling/XMLToolingConfig.h>
#include <xmltooling/io/HTTPRequest.h>
#include <xmltooling/util/ParserPool.h>

using xmltooling::GenericRequest;
using xmltooling::GenericResponse;
using xmltooling::HTTPRequest;
using xmltooling::XMLObject;
using xmltooling::XMLObjectBuilder;
using xmltooling::XMLToolingConfig;

namespace opensaml {

static std::string field(const HTTPRequest& form, const char* name) {
  const char* value = form.getParameter(name);
  return value == nullptr ? std::string() : std::string(value);
}

XMLObject* MessageDecoder::decode(
    std::string& relayState, const GenericRequest& request, GenericResponse*, SecurityPolicy& policy) const {
  const HTTPRequest* form = dynamic_cast<const HTTPRequest*>(&request);
  if (form == nullptr || std::string(form->getMethod()) != "POST") throw BindingException("not a posted form");
  if (field(*form, "wa") != "wsignin1.0") throw BindingException("not the answer to a sign-in");
  relayState = field(*form, "wctx");

  std::istringstream text(field(*form, "wresult"));
  xercesc::DOMDocument* document = XMLToolingConfig::getConfig().getParser().parse(text);
  // The message owns the document from here on.
  XMLObject* message = XMLObjectBuilder::buildOneFromElement(document->getDocumentElement(), true);
  extractMessageDetails(*message, request, message->getElementQName().getNamespaceURI(), policy);
  policy.evaluate(*message, &request);
  return message;
}

}  // namespace opensaml
