from django.apps import AppConfig


class StaffDeskConfig(AppConfig):
    """人员: sign-in of staff, and their administration; it has no tables."""

    name = "banshi.desks.staff"
    label = "staff_desk"
