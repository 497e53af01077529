const i32 LIMIT = 2
