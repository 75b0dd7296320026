from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "banshi.contexts.certificates"
    label = "certificates"
