from kitex_gen.demo.main import User
from kitex_gen.demo.userservice import UserService


class UserServiceHandler(UserService):
    async def get_user(self, user_id: int, fresh: bool) -> User:
        return User(id=user_id)

    def rename(self, id: str, name: str) -> None:
        print(id, name)
