"""The only room that speaks SQL: the schema, one named function per statement, and the transaction."""
