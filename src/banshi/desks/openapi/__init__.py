"""开放接口: the operations of the pages as JSON, each declared once; `/api/openapi.json` is made from the declarations."""
