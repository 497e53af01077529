const i32 LIMIT = 5 (unit = "ms")
