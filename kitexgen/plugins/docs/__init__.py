"""The plugin `docs`: a reference of an IDL tree as HTML that needs no server and no network."""
