struct User {
<<<<<<< HEAD
  1: i64 id
||||||| parent of 0123456
  1: i32 id
=======
  2: string id_text
>>>>>>> feature/text-ids
}
