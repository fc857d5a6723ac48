"""The pages of imports: file, columns, check, import, result."""
