const set<i32> PRIMES = [2, 3, 5, 3]
