"""Options: from `option (a).b = 1` as written to set fields of the options messages of descriptor.proto."""
