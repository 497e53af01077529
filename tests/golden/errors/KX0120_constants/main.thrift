const LIMIT = 5
const i32 MAX =
const set<i32> PRIMES = {2, 3, 5}
const list<i32> ODD = [1, 3
const map<string, i32> AGES = {"ann" = 5}
const i32 i32
