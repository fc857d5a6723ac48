"""The kit of every page: layout, components, tables, charts, forms, static files. It knows no desk."""
