from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """机构与人员: regions, offices, staff, parties, the calendar."""

    name = "banshi.directory"
    label = "directory"
    verbose_name = "机构与人员"
