/* SPDX-License-Identifier: MIT */

/*
 * Client library for Skerry's native calls: one connection, one command, one answer.
 *
 *     int fd = create_socket();
 *     if (fd < 0 || connect_socket(fd) < 0)
 *         ...
 *     send_socket(fd, "/path/to/libdemo.so run", 23);
 *     recv_socket(fd, buf, BUFSIZE);     // the path of the output file
 *     close_socket(fd);
 *
 * A command is "<libname> [<funcname> [<filename>]]". Sent without a newline it is the only one of its connection;
 * with newlines, each line is answered by a line, until "exit" or "quit".
 */

#ifndef _IPC_H
#define _IPC_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Size of a buffer for any answer. */
#define BUFSIZE 1024

/* Clients a server takes at the same time, at least. */
#define MAX_CLIENTS 1024

/* Where a server listens that was started with --unix /tmp/sohack.socket. */
#ifndef SOCKET_NAME
#define SOCKET_NAME "/tmp/sohack.socket"
#endif

/* Makes a socket. Returns its descriptor, or -1 and sets errno. */
int create_socket(void);

/*
 * Connects to SOCKET_NAME, or to the path in the environment variable SKERRY_SOCKET if there is one.
 * Returns 0, or -1 and sets errno.
 */
int connect_socket(int fd);

/* Sends all of a command, however many writes that takes. Returns len, or -1 and sets errno. */
ssize_t send_socket(int fd, const char *buf, size_t len);

/*
 * Receives what has arrived of an answer, waiting for the first of it. Where there is room, a zero follows the last byte.
 * Returns the number of bytes without that zero, 0 when the server has closed the connection, or -1 and sets errno.
 */
ssize_t recv_socket(int fd, char *buf, size_t len);

/* Closes the connection. */
void close_socket(int fd);

#ifdef __cplusplus
}
#endif

#endif /* _IPC_H */
