"""One run of the compiler over real files: settings, cache, comparison, writing, the handler."""
