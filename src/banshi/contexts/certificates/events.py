"""证照事实: every kind of fact of a certificate, with its title."""

ISSUED = "certificates.certificate.issued"
RENDERED = "certificates.certificate.rendered"
REVOKED = "certificates.certificate.revoked"
CANCELLED = "certificates.certificate.cancelled"

TITLES = {ISSUED: "颁发证照", RENDERED: "证照成文", REVOKED: "撤销证照", CANCELLED: "注销证照"}
