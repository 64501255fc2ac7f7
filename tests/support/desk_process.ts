// A desk in a process of its own: prints its port, and serves until it is killed.

import { Office } from "./desk.ts";

const office = await Office.open();
console.log(office.port);
