import json, sys

asked = json.load(sys.stdin)
user = asked["schema"]["modules"][0]["declarations"][0]
start, end = user["name_span"]
place = {"path": "main.thrift", "start": start, "end": end}
found = {"message": f"`{user['name']}` has no owner", "hint": "add (owner = \"a team\")", "at": place}
json.dump({"diagnostics": [found]}, sys.stdout)
