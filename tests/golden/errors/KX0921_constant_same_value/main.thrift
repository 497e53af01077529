const i32 LIMIT = 50
