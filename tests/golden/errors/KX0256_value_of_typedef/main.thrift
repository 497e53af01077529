typedef list<string> Names

const Names ALL = ["Ann", "Bob"]
