import { api } from '@/api/client'
import type { CustomerCard } from '@/api/types'

/** How a customer's card is asked for, so that it can be there before it is shown. */
export const customerQuery = (id: string) => ({ queryKey: ['customer', id], staleTime: 15_000, queryFn: () => api.get<CustomerCard>(`/customers/${id}`) })
