from kitex_gen.demo.main import User
from kitex_gen.demo.userservice import UserService


class UserServiceHandler(UserService):
    async def get_user(self, id: int) -> User:
        return User(id=id)

    async def find_user(self, name: str) -> User:
        return User(id=1, name=name)

    async def rename(self, id: int, name: str) -> None:
        print(id, name)

    async def reload(self) -> None:
        print('a helper')
