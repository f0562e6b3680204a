/* Functions for HTTP: the body is in a file, the answer is what is printed. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#ifndef VERSION
#define VERSION "one"
#endif

void shout(const char *filename)
{
	static char block[1 << 16];
	FILE *file = fopen(filename, "r");
	size_t count;

	while ((count = fread(block, 1, sizeof(block), file)) > 0) {
		for (size_t i = 0; i < count; i++)
			block[i] = toupper((unsigned char)block[i]);
		fwrite(block, 1, count, stdout);
	}
	fclose(file);
}

/* A response with a status and headers of its own. */
void teapot(const char *filename)
{
	(void)filename;
	fprintf(stderr, "brewing\n");
	printf("Status: 418 Short and stout\nX-Pot: yes\nContent-Type: text/plain\n\ntipped");
}

/* With the JSON ABI, the request is one object. */
void echo_json(const char *filename)
{
	char request[4096] = "";
	FILE *file = fopen(filename, "r");
	const char *method;

	fread(request, 1, sizeof(request) - 1, file);
	method = strstr(request, "\"method\":\"") + strlen("\"method\":\"");
	printf("{\"data\":\"it was %.*s\",\"status\":201}", (int)strcspn(method, "\""), method);
}

void version(void)
{
	printf(VERSION);
}
