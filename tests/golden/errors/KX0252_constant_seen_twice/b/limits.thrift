const i32 LIMIT = 3
