import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { Guest } from "./testing.ts";

Deno.test("socket calls answer ENOTSOCK for what is open and EBADF for what is not", () => {
  const guest = new Guest();
  for (
    const [fd, errno] of [[0, wasi.ERRNO_NOTSOCK], [3, wasi.ERRNO_BADF], [-1, wasi.ERRNO_BADF]]
  ) {
    assertEquals(guest.call.sock_accept!(fd!, 0, 100), errno);
    assertEquals(guest.call.sock_recv!(fd!, 100, 1, 0, 108, 112), errno);
    assertEquals(guest.call.sock_send!(fd!, 100, 1, 0, 108), errno);
    assertEquals(guest.call.sock_shutdown!(fd!, 1), errno);
  }
  guest.assertWroteOnly(100, 0);
});
