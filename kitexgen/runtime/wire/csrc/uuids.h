/* uuid.UUID: sixteen bytes on the wire, an int in a slot in Python. */
#ifndef KX_UUIDS_H
#define KX_UUIDS_H

#include "state.h"

/* Write the bytes of an exact UUID. False when it is none. */
bool uuid_put(State *state, uint8_t *at, PyObject *value);

PyObject *uuid_new(State *state, const uint8_t *from);

#endif
