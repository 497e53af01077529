"""Google's own files as Python: what generated code imports in the place of `google/protobuf/*.proto`.

Made by kitexgen itself out of the files that it ships (`kitexgen/idl/proto/wellknown`); a test makes them again and
compares. Applications take the types from `kitexgen.runtime.wellknown`.
"""
