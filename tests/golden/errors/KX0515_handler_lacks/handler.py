from kitex_gen.demo.main import User
from kitex_gen.demo.userservice import UserService


class UserServiceHandler(UserService):
    async def get_user(self, id: int) -> User:
        return User(id=id)
