// The smallest application there is, for its bundle to be looked at.
import { createClient } from '@parley/client';

export const connect = createClient;
