"""目录事实."""

PUBLISHED = "catalogue.definition.published"
RETIRED = "catalogue.definition.retired"
