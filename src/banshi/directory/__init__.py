"""Who, where, which days: regions, offices and halls, staff and their posts, persons and firms, the calendar."""
