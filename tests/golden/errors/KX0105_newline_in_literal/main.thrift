const string POEM = "roses
are red"
const i32 LIMIT = 5
