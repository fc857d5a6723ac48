"""Numbers of pages: asked of the lake by jobs and kept, so that a page only reads them."""
