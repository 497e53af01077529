/* Type codes of Thrift on the wire, and limits. Sources: kitexgen/runtime/wire/thrift_types.py, skip.py. */
#ifndef KX_WIRE_H
#define KX_WIRE_H

enum { W_STOP = 0, W_BOOL = 2, W_I8 = 3, W_DOUBLE = 4, W_I16 = 6, W_I32 = 8, W_I64 = 10, W_STRING = 11, W_STRUCT = 12,
       W_MAP = 13, W_SET = 14, W_LIST = 15, W_UUID = 16 };

enum { C_TRUE = 1, C_FALSE = 2, C_I8 = 3, C_I16 = 4, C_I32 = 5, C_I64 = 6, C_DOUBLE = 7, C_STRING = 8, C_LIST = 9,
       C_SET = 10, C_MAP = 11, C_STRUCT = 12, C_UUID = 13 };

/* Lengths and counts are signed on the wire. */
#define MAX_LENGTH 0x7FFFFFFF

/* Levels of struct, list, set and map that are skipped before the data is refused, as in Kitex. */
#define SKIP_DEPTH 64

/* Records and containers within each other that are walked here, on the C stack: about 64 KiB of it. What is deeper
 * goes to the careful codec, which keeps its own stack.
 */
#define WALK_DEPTH 160

/* A count that the data announces is believed up to here; what is beyond is grown into, so that a few bytes cannot
 * make us allocate much.
 */
#define BELIEVED 4096

#endif
