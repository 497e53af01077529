typedef First Second
typedef Second First

typedef list<Tree> Tree
