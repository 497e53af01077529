const uuid ID = "00112233-4455-6677"
