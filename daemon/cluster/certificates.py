"""The certificates of one cluster: a private authority, and one certificate for all its machines.

The authority signs once and its key is written nowhere: to shut somebody out, or when they expire,
new ones are made and copied to every machine. Whoever holds these files may run code on all of
them.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import SetupError
from daemon.fs import atomic

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

DAYS = 3_650
AUTHORITY, CERTIFICATE, KEY = "ca.pem", "node.pem", "node.key"


@dataclass(frozen=True, slots=True)
class Files:
    """Where they lie: in `cluster` of a root's state folder."""

    folder: Path

    @classmethod
    def of(cls, state: Path) -> Files:
        return cls(state / "cluster")

    @property
    def authority(self) -> Path:
        return self.folder / AUTHORITY

    @property
    def certificate(self) -> Path:
        return self.folder / CERTIFICATE

    @property
    def key(self) -> Path:
        return self.folder / KEY

    @property
    def all(self) -> tuple[Path, Path, Path]:
        return self.authority, self.certificate, self.key

    def check(self) -> None:
        """Raises SetupError unless all are there, and the key is for its owner alone."""
        missing = [file.name for file in self.all if not file.is_file()]
        if missing:
            raise SetupError(
                f"The certificates of the cluster are not here: {', '.join(missing)} in "
                f"{self.folder}.",
                remedy="Make them on one machine with `hotfolder cluster certificates`, and copy "
                f"{AUTHORITY}, {CERTIFICATE} and {KEY} into that folder of each.",
            )
        if self.key.stat().st_mode & 0o077:
            raise SetupError(
                f"{self.key} can be read by others.", remedy=f"Run: chmod 600 {self.key}"
            )


def make(files: Files, *, force: bool = False) -> None:
    """Write new ones. Raises SetupError if there are some already and not `force`, OSError."""
    if not force and any(os.path.lexists(file) for file in files.all):
        raise SetupError(
            f"There are certificates in {files.folder} already.",
            remedy="With --force new ones take their place: then every machine needs a copy.",
        )
    files.folder.mkdir(mode=0o700, exist_ok=True)
    authority, certificate, key = _signed()
    atomic.replace(files.key, key, mode=0o600)
    atomic.replace(files.certificate, certificate, mode=0o600)
    atomic.replace(files.authority, authority, mode=0o600)


def _signed() -> tuple[bytes, bytes, bytes]:
    """(authority, certificate, key) as PEM."""
    try:
        from cryptography.hazmat.primitives import serialization as forms
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        from daemon.cluster.tuning import INSTALL

        raise SetupError("Certificates need cryptography.", remedy=f"Run: {INSTALL}") from None
    root, node = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name("Hotfolder cluster"), _name("Hotfolder machine")
    authority = _certificate(issuer, issuer, root, root, is_authority=True)
    certificate = _certificate(subject, issuer, node, root, is_authority=False)
    pem = forms.Encoding.PEM
    return (
        authority.public_bytes(pem),
        certificate.public_bytes(pem),
        node.private_bytes(pem, forms.PrivateFormat.PKCS8, forms.NoEncryption()),
    )


def _name(text: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    now = datetime.datetime.now(datetime.UTC)
    constraints = x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    signers = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks differ
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(constraints, critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(signers, critical=False)
        .sign(signer, hashes.SHA256())
    )
