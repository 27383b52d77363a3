"""Certificates for tests: an authority, and what it signs for servers and clients."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from router.http.tls import TlsFiles

DAY = timedelta(days=1)


def _key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


@dataclass(frozen=True)
class Authority:
    """Signs certificates."""

    name: str
    key: EllipticCurvePrivateKey = field(default_factory=_key)

    @property
    def subject(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])

    def certificate(self) -> bytes:
        """Its own, as PEM."""
        builder = _for(self.subject, self.subject, self.key, timedelta(days=9))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM)

    def sign(self, *names: x509.GeneralName, lasts: timedelta = DAY) -> tuple[bytes, bytes]:
        """A certificate for these names and its key, as PEM."""
        key = _key()
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signed")])
        builder = _for(subject, self.subject, key, lasts)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        pem = PrivateFormat.PKCS8
        signed = builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM)
        return signed, key.private_bytes(Encoding.PEM, pem, NoEncryption())


def _for(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - DAY).not_valid_after(now + lasts)


@cache
def authority(name: str = "ours") -> Authority:
    """The same for all tests."""
    return Authority(name)


def server_files(folder: Path, lasts: timedelta = DAY, client_ca: Authority | None = None) -> TlsFiles:
    """Files of a server at 127.0.0.1, written in place of what is there."""
    certificate, key = authority().sign(x509.IPAddress(IPv4Address("127.0.0.1")), lasts=lasts)
    files = TlsFiles(folder / "tls.crt", folder / "tls.key", folder / "ca.crt" if client_ca else None)
    files.certificate.write_bytes(certificate)
    files.key.write_bytes(key)
    if client_ca is not None:
        (folder / "ca.crt").write_bytes(client_ca.certificate())
    return files


def client_context(folder: Path, *names: x509.GeneralName, by: Authority | None = None) -> ssl.SSLContext:
    """A client that trusts our authority; with names it shows a certificate for them."""
    context = ssl.create_default_context(cadata=authority().certificate().decode())
    if names:
        certificate, key = (by or authority("clients")).sign(*names)
        pair = folder / "client.pem"
        pair.write_bytes(certificate + key)
        context.load_cert_chain(pair)
    return context


def server_context(folder: Path) -> ssl.SSLContext:
    """What a server at 127.0.0.1 shows, signed by the authority of all tests."""
    files, context = server_files(folder), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


def trusted_file(folder: Path) -> Path:
    """The file with the certificate of the authority of all tests."""
    file = folder / "authority.pem"
    file.write_bytes(authority().certificate())
    return file
