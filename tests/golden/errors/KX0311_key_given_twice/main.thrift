const map<string, i32> AGES = {"Ann": 1, "Bob": 2, "Ann": 3}
