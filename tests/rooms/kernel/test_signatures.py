"""Signatures: what was signed passes; one byte, another key or another text does not."""

from __future__ import annotations

import base64
import datetime as dt

import gmssl_pyx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from sanzi.kernel import signatures

MESSAGE = "银行电子回单 20261103 800.00".encode()


def sm2_pair() -> tuple[bytes, bytes]:
    public, private = gmssl_pyx.sm2_key_generate()
    return private, public


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "测试银行")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(dt.datetime(2026, 1, 1))
        .not_valid_after(dt.datetime(2027, 1, 1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def rsa_signature(key: rsa.RSAPrivateKey, message: bytes = MESSAGE) -> str:
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def test_a_good_sm2_signature_passes_and_every_change_fails() -> None:
    private, public = sm2_pair()
    _, other = sm2_pair()
    signature = base64.b64encode(gmssl_pyx.sm2_sign(private, public, MESSAGE)).decode()
    key, wrong = signatures.read_key(public.hex()), signatures.read_key(other.hex())

    assert key.algorithm == "SM2"
    assert signatures.is_valid(key, MESSAGE, signature)
    assert not signatures.is_valid(key, MESSAGE + b" ", signature)
    assert not signatures.is_valid(key, MESSAGE.replace(b"8", b"9"), signature)
    assert not signatures.is_valid(wrong, MESSAGE, signature)


def test_a_good_rsa_signature_passes_and_every_change_fails(rsa_key) -> None:
    signature = rsa_signature(rsa_key)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for text in (pem(rsa_key), certificate(rsa_key)):
        key = signatures.read_key(text)
        assert key.algorithm == "RSA"
        assert signatures.is_valid(key, MESSAGE, signature)
        assert not signatures.is_valid(key, MESSAGE + b" ", signature)

    assert not signatures.is_valid(signatures.read_key(pem(other)), MESSAGE, signature)


@pytest.mark.parametrize("signature", ["", "不是", "AAAA", "====", "00" * 64])
def test_what_is_no_signature_is_never_valid(signature: str, rsa_key) -> None:
    _, public = sm2_pair()

    assert not signatures.is_valid(signatures.read_key(public.hex()), MESSAGE, signature)
    assert not signatures.is_valid(signatures.read_key(pem(rsa_key)), MESSAGE, signature)


def test_a_weak_or_broken_key_is_refused() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - refused

    for text in ("", "00" * 10, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END", pem(weak)):
        with pytest.raises(signatures.BadKey):
            signatures.read_key(text)
