"""Certificates for tests, made anew by the openssl program: no private key lies in the repository."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """Signs certificates. Files are kept in `folder`."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Authority:
        """A new authority that nobody trusts yet."""
        authority = cls(folder)
        # From 3.13 on Python's contexts take a certificate only if it says what RFC 5280 asks of it.
        subject = ("-subj", "/CN=tests", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-days", "2")
        _openssl(
            "req", "-x509", *_NEW_KEY, "-keyout", str(folder / "ca.key"), *subject, "-out", str(authority.certificate)
        )
        return authority

    @property
    def certificate(self) -> Path:
        """The authority's own certificate: what those who trust it load."""
        return self.folder / "ca.pem"

    def sign(self, name: str) -> Path:
        """The file with a key and a certificate for the host `name`, in this order."""
        key, request, signed = (self.folder / f"{name}.{suffix}" for suffix in ("key", "csr", "pem"))
        extension = self.folder / f"{name}.ext"
        extension.write_text(f"subjectAltName=DNS:{name}\nauthorityKeyIdentifier=keyid\nkeyUsage=digitalSignature\n")
        _openssl("req", *_NEW_KEY, "-keyout", str(key), "-subj", f"/CN={name}", "-out", str(request))
        signer = ("-CA", str(self.certificate), "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial")
        _openssl(
            "x509", "-req", "-in", str(request), *signer, "-days", "2", "-extfile", str(extension), "-out", str(signed)
        )
        both = self.folder / f"{name}.both.pem"
        both.write_text(key.read_text() + signed.read_text())
        return both

    def server_context(self, name: str = "localhost", *, mutual: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for `name`; `mutual` requires one of its clients."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.sign(name))
        if mutual:
            context.load_verify_locations(self.certificate)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client_context(self, name: str | None = None) -> ssl.SSLContext:
        """A client's context that trusts this authority, with a certificate for `name` if that is given."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        if name is not None:
            context.load_cert_chain(self.sign(name))
        return context


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: str) -> None:
    subprocess.run(("openssl", *arguments), check=True, capture_output=True, timeout=30)
