const set<string> NAMES = {}
const map<string, i32> AGES = []
