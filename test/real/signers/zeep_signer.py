"""Signs a SOAP message as zeep does by itself: a binary token and a signature over the timestamp and the body.

zeep_signer.py <key, PEM> <certificate, PEM> <sha1|sha256> <message>; the signed message on standard output.
"""

import sys

import xmlsec
from lxml import etree
from zeep.wsse.signature import BinarySignature

key, certificate, hash_name, message = sys.argv[1:]
signature_method, digest_method = {
    "sha1": (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
    "sha256": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256),
}[hash_name]

envelope = etree.parse(message).getroot()
signer = BinarySignature(key, certificate, signature_method=signature_method, digest_method=digest_method)
signer.apply(envelope, {})
sys.stdout.buffer.write(etree.tostring(envelope))
