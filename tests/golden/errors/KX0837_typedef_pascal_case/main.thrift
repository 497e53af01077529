typedef i64 user_id
