"""Open311: the public GeoReport v2 interface (services, requests, tokens) over the tickets, for other cities' tools."""
