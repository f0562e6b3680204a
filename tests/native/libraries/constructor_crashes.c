#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void constructor(void)
{
	printf("constructed\n");
	abort();
}

void run(void)
{
	printf("run\n");
}
