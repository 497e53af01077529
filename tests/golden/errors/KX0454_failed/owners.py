import json, sys

asked = json.load(sys.stdin)
user = asked["schema"]["modules"][0]["declarations"][0]
sys.exit(f"no team owns {user['name']}")
