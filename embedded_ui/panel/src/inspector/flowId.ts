// The id of the flow that is edited, for what has to know the others.
import { createContext, useContext } from "react";

export const FlowIdContext = createContext("");
export const useFlowId = () => useContext(FlowIdContext);
